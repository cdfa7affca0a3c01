/** What every widget takes. */
import type { WidgetValue } from '../document/types.ts';

export interface WidgetProps<Definition> {
  readonly definition: Definition;
  /** What a screen reader calls it. */
  readonly label: string;
  readonly value: WidgetValue;
  /** Called on every step of a change, so that a run can follow; the history takes neighbours together. */
  readonly onChange: (value: WidgetValue) => void;
  /** Another one when files on the server may be others than before. */
  readonly revision?: number | undefined;
  /** Why the server refused the value. */
  readonly problem?: string | undefined;
  /** Id of the element that says the problem. */
  readonly problemId?: string | undefined;
}

/** Attributes that tell of a problem. */
export function problemAttributes({ problem, problemId }: Pick<WidgetProps<unknown>, 'problem' | 'problemId'>): {
  'aria-invalid'?: true;
  'aria-describedby'?: string | undefined;
} {
  return problem === undefined ? {} : { 'aria-invalid': true, 'aria-describedby': problemId };
}
