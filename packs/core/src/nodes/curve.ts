import { defineNode, input, output, socket, withUi } from '@snug/node-kit';
import { float } from '@snug/protocol';

/** Points from 0 to 1 and the way between them. */
export interface Curve {
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly interpolation: string;
}

const CURVE = socket<Curve>('CURVE');
const HISTOGRAM = socket<readonly number[]>('HISTOGRAM');

const curveEditor = defineNode({
  type: 'CurveEditor',
  displayName: 'Curve Editor',
  category: 'utilities',
  description: 'Draws a curve, over a histogram if one is connected.',
  searchAliases: ['tone curve', 'spline', 'levels'],
  intermediateOutput: true,
  form: 'schema',
  inputs: {
    curve: input.of(CURVE, {
      default: {
        points: [
          [float(0), float(0)],
          [float(1), float(1)],
        ],
        interpolation: 'monotone_cubic',
      },
      socketless: true,
    }),
    histogram: input.optional(input.of(HISTOGRAM)),
  },
  outputs: { curve: output.of(CURVE) },
  run: ({ curve, histogram }) => (histogram ? withUi({ histogram }, { curve }) : { curve }),
});

export const curveNodes = [curveEditor];
