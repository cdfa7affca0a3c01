import { DYNAMIC_TYPES } from '@snug/protocol';
import type { Socket } from './socket.ts';

/** One output of a node. Links name outputs by position, so their order is part of the contract. */
export interface OutputSpec<T = unknown, List extends boolean = boolean> {
  readonly type: string | readonly string[];
  readonly guard?: ((value: unknown) => boolean) | undefined;
  readonly list: List;
  readonly name?: string | undefined;
  readonly tooltip?: string | undefined;
  /** The match template whose type this output takes. */
  readonly template?: string | undefined;
  /** Only for inference; never present. */
  readonly value?: T;
}

export type OutputSpecs = Readonly<Record<string, OutputSpec>>;

export interface OutputOptions {
  /** The label on the wire. Default: the property's name. */
  name?: string | undefined;
  tooltip?: string | undefined;
}

/** The kinds of output. */
export const output = {
  /** One value. */
  of: <T>(type: Socket<T>, options: OutputOptions = {}): OutputSpec<T, false> => ({
    type: type.type,
    guard: type.guard,
    list: false,
    ...options,
  }),
  /** A list: the nodes behind it run once for each element, unless they take whole lists. */
  list: <T>(type: Socket<T>, options: OutputOptions = {}): OutputSpec<T, true> => ({
    type: type.type,
    guard: type.guard,
    list: true,
    ...options,
  }),
  /** The type of the inputs with the same template. */
  match: <T = unknown>(template: string, options: OutputOptions = {}): OutputSpec<T, false> => ({
    type: DYNAMIC_TYPES.match,
    list: false,
    template,
    ...options,
  }),
  /** A list of the type of the inputs with the same template. */
  matchList: <T = unknown>(template: string, options: OutputOptions = {}): OutputSpec<T, true> => ({
    type: DYNAMIC_TYPES.match,
    list: true,
    template,
    ...options,
  }),
} as const;
