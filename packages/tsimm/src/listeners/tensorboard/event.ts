/** Events of a TensorBoard event file, encoded. */
import { create, toBinary } from "@bufbuild/protobuf";
import { printable } from "../../text/printable.ts";
import { type Event, EventSchema, SessionLogSchema, SummarySchema } from "./generated/event_pb.ts";

/** TensorFlow's number of `SessionLog.START`. */
const START = 1;

/** A scalar of an event file. */
export interface Scalar {
  /** Name of the curve, e.g. `train/loss`; the part before the first slash is its section in TensorBoard. */
  readonly tag: string;
  /** Stored as float32; NaN and the infinities are allowed. */
  readonly value: number;
  /** Position on the horizontal axis, a whole number >= 0. */
  readonly step: number;
  /** Seconds since 1970. */
  readonly wallTime: number;
}

/**
 * First event of every file.
 *
 * @param wallTime - Seconds since 1970.
 */
export function fileVersionEvent(wallTime: number): Uint8Array {
  return encode({ wallTime, step: 0n, what: { case: "fileVersion", value: "brain.Event:2" } });
}

/**
 * Start of a session. TensorBoard drops the points of earlier files from this step on.
 *
 * @param step - First step of the session.
 * @param wallTime - Seconds since 1970.
 */
export function sessionStartEvent(step: number, wallTime: number): Uint8Array {
  const value = create(SessionLogSchema, { status: START });
  return encode({ wallTime, step: BigInt(step), what: { case: "sessionLog", value } });
}

/** Event of one scalar. Control characters of the tag are escaped. */
export function scalarEvent({ tag, value, step, wallTime }: Scalar): Uint8Array {
  // The encoder refuses numbers beyond the range of float32; rounding makes them infinite.
  const simpleValue = Math.fround(value);
  const summary = create(SummarySchema, {
    value: [{ tag: printable(tag), value: { case: "simpleValue", value: simpleValue } }],
  });
  return encode({ wallTime, step: BigInt(step), what: { case: "summary", value: summary } });
}

function encode(event: Omit<Event, "$typeName" | "$unknown">): Uint8Array {
  return toBinary(EventSchema, create(EventSchema, event));
}
