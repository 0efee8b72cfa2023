/** The four bytes at an address, int32 [4]. */
export function pixelAt(address: usize): v128 {
  return i32x4.extend_low_i16x8_u(v128.load_ext<u8>(address));
}
