import { output } from '@snug/node-kit';
import type { OutputSpec, Socket } from '@snug/node-kit';

/** An output that is labelled by its type on the wire, as the reference labels what has no name of its own. */
export function unnamed<T>(type: Socket<T>): OutputSpec<T, false> {
  return output.of(type, { name: type.type });
}

/** As {@link unnamed}, for a list. */
export function unnamedList<T>(type: Socket<T>): OutputSpec<T, true> {
  return output.list(type, { name: type.type });
}
