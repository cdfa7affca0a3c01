import * as v from 'valibot';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Any object by key. Valibot's own record also takes lists, and leaves out keys such as `constructor`, which are ids like
 * any other.
 */
export const recordOf = <S extends v.GenericSchema>(member: S) =>
  v.custom<Readonly<Record<string, v.InferOutput<S>>>>(
    (value) => isRecord(value) && Object.values(value).every((one) => v.is(member, one)),
  );

/** An object, whatever is in it. */
export const anyObject = recordOf(v.unknown());
