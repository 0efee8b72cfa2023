/** The first convolution of RGB weights for other numbers of input channels. */

/**
 * Weight [O, 3, …] of a convolution as [O, channels, …]: for one channel the sum over RGB, for others RGB repeated and
 * scaled by 3 / channels, so that equal channels give what they gave before.
 *
 * @param weight - Row-major float32.
 * @param outChannels - O.
 * @param channels - An integer >= 1.
 * @example
 * adaptInputConv(Float32Array.of(1, 2, 3), 1, 1); // => Float32Array [6]
 * adaptInputConv(Float32Array.of(2, 4, 6), 1, 4); // => Float32Array [1.5, 3, 4.5, 1.5]
 * @see timm `timm/models/_manipulate.py`
 */
export function adaptInputConv(weight: Float32Array, outChannels: number, channels: number): Float32Array {
  const area = weight.length / (3 * outChannels);
  const adapted = new Float32Array(outChannels * channels * area);
  for (let out = 0; out < outChannels; out++) {
    const plane = (channel: number) =>
      weight.subarray((3 * out + channel) * area, (3 * out + channel + 1) * area);
    for (let channel = 0; channel < channels; channel++) {
      const target = adapted.subarray(
        (out * channels + channel) * area,
        (out * channels + channel + 1) * area,
      );
      if (channels === 1) {
        const [red, green, blue] = [plane(0), plane(1), plane(2)];
        for (let i = 0; i < area; i++) target[i] = (red[i] ?? 0) + (green[i] ?? 0) + (blue[i] ?? 0);
      } else {
        const scale = channels === 3 ? 1 : 3 / channels;
        for (const [i, value] of plane(channel % 3).entries()) target[i] = value * scale;
      }
    }
  }
  return adapted;
}
