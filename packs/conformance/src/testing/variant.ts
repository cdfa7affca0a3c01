/**
 * "Variant" nodes check the types of their links themselves, and their outputs fit everywhere. The server cannot tell a
 * check which node a type comes from, so the outputs are wildcards, labelled with the type that they hold.
 */
import { ANY, output } from '@snug/node-kit';
import type { InputSpecs, OutputSpec } from '@snug/node-kit';

interface VariantValidation {
  readonly inputs: readonly never[];
  readonly types: true;
  check(values: unknown, context: { readonly types: ReadonlyMap<string, string> }): true | string;
}

/** Refuses a link whose types are not all among the declared ones. `*` on either side passes. */
export function typesWithin(inputs: InputSpecs): VariantValidation {
  const declared = new Map(Object.entries(inputs));
  return {
    inputs: [],
    types: true,
    check(_, { types }) {
      for (const [name, received] of types) {
        const wanted = declared.get(name)?.type;
        if (typeof wanted === 'string' && !isWithin(received, wanted)) {
          return `Invalid type of ${name}: ${received} (expected ${wanted})`;
        }
      }
      return true;
    },
  };
}

/** An output of a variant node; `label` is what it holds. */
export function variantOutput(label: string): OutputSpec<unknown, false> {
  return output.of(ANY, { name: label });
}

function isWithin(received: string, wanted: string): boolean {
  const [have, allowed] = [received, wanted].map((types) => types.split(',').map((type) => type.trim())) as [
    string[],
    string[],
  ];
  if (have.includes('*') || allowed.includes('*')) return true;
  return have.every((type) => allowed.includes(type));
}
