/** Room for the step of one tensor, where all of it must be known before the first weight moves. */

let room = new Float32Array();

/**
 * An array of at least some elements, with anything in it. All loops share it: it is theirs until the tensor has moved.
 */
export function scratch(length: number): Float32Array {
  if (room.length < length) room = new Float32Array(length);
  return room;
}
