import { output } from '@snug/node-kit';
import type { OutputSpec, Socket } from '@snug/node-kit';

/** An output that clients see under the name of its type. */
export function unnamed<T>(type: Socket<T>): OutputSpec<T, false> {
  return output.of(type, { name: type.type });
}
