import { BatchBodySchema } from '../gen/tributary_pb.ts';
import { layoutsOf, numbersOf } from '../wire/message-fields.ts';

/** Field numbers by name. */
export const BODY = numbersOf(BatchBodySchema.field);

export const BODY_LAYOUTS = layoutsOf(BatchBodySchema);
