/** Changed copies of protobuf messages. */

/**
 * A message with some fields changed; all others, unknown ones too, are those of the message itself.
 *
 * Default values lie in the prototype of a message, which a spread leaves behind.
 */
export function withFields<T extends object>(message: T, fields: Partial<T>): T {
  const copy: T = Object.create(Object.getPrototypeOf(message));
  return Object.assign(copy, message, fields);
}
