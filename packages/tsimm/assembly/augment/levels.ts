/** The four levels at an address, float32 [4]. */
export function levelsAt(address: usize): v128 {
  return f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(v128.load_ext<u8>(address)));
}
