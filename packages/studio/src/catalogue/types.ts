/** What a server says of its nodes, read once into what the editor shows. */
import type { JsonObject } from '@snug/protocol/json';
import type { NodeDescription } from '@snug/protocol';

/** How a value changes after each run. */
export type ValueControl = 'fixed' | 'increment' | 'increment-wrap' | 'decrement' | 'randomize';

/** How a number is edited; all limits are inclusive, absent ones are open. Past 2^53 they are `bigint`. */
export interface NumberWidget {
  readonly kind: 'integer' | 'number' | 'slider';
  readonly isInteger: boolean;
  readonly min: number | bigint | undefined;
  readonly max: number | bigint | undefined;
  readonly step: number;
  /** Digits after the point to show; undefined shows what there is. */
  readonly precision: number | undefined;
  readonly default: number | bigint;
  /** The number is a colour, 0xRRGGBB. */
  readonly isColour: boolean;
}

/** A whole number that is drawn, counted or kept after each run. */
export interface SeedWidget {
  readonly kind: 'seed';
  readonly min: number | bigint;
  readonly max: number | bigint;
  readonly step: number;
  readonly default: number | bigint;
}

export interface TextWidget {
  readonly kind: 'text' | 'multiline';
  readonly placeholder: string | undefined;
  /** `{a|b}` is replaced by one of its members when a prompt is made. */
  readonly isDynamic: boolean;
  readonly default: string;
}

export interface ToggleWidget {
  readonly kind: 'toggle';
  readonly labelOn: string | undefined;
  readonly labelOff: string | undefined;
  readonly default: boolean;
}

/** One of a list. */
export interface ChoiceWidget {
  readonly kind: 'choice';
  /** Undefined when only {@link remote} can tell. */
  readonly choices: readonly (string | number | boolean)[] | undefined;
  /** Several may be chosen: the value is a list. */
  readonly isMultiple: boolean;
  readonly remote: RemoteChoices | undefined;
  readonly default: unknown;
}

/** A list that is asked for on the way. */
export interface RemoteChoices {
  readonly route: string;
  readonly hasRefresh: boolean;
  readonly refreshMs: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly maxRetries: number | undefined;
  /** What to choose after a refresh. */
  readonly afterRefresh: 'first' | 'last' | undefined;
}

/** A file on the server; others can be sent. */
export interface UploadWidget {
  readonly kind: 'upload';
  readonly media: 'image' | 'video' | 'audio' | 'file';
  /** Where the choices are, and where a new one goes (`output` cannot be sent to). */
  readonly folder: 'input' | 'output' | 'temp';
  /** Animated images are taken too. */
  readonly isAnimated: boolean;
  readonly choices: readonly string[] | undefined;
  readonly remote: RemoteChoices | undefined;
  readonly default: string | undefined;
}

export interface ColourWidget {
  readonly kind: 'colour';
  /** As `#rrggbb`. */
  readonly default: string;
}

/** A widget that only some extension of a front end knows: shown as JSON. */
export interface OtherWidget {
  readonly kind: 'other';
  readonly type: string;
  readonly default: unknown;
}

export type WidgetDefinition =
  | NumberWidget
  | SeedWidget
  | TextWidget
  | ToggleWidget
  | ChoiceWidget
  | UploadWidget
  | ColourWidget
  | OtherWidget;

export type WidgetKind = WidgetDefinition['kind'];

/** An input whose members come and go. */
export type DynamicInput =
  /** Grows as it is connected: at least `min` members, at most one per name. */
  | {
      readonly kind: 'growing';
      readonly names: readonly string[];
      readonly min: number;
      readonly member: InputDefinition;
    }
  /** Each choice brings inputs of its own. Its own value is in `widget`. */
  | { readonly kind: 'choice'; readonly branches: ReadonlyMap<unknown, readonly InputDefinition[]> }
  /** Connecting it brings further inputs. */
  | { readonly kind: 'slot'; readonly inputs: readonly InputDefinition[] };

export interface InputDefinition {
  /** The name in a prompt; dotted inside dynamic inputs. */
  readonly name: string;
  readonly label: string;
  readonly isRequired: boolean;
  /** `COMBO` for lists of choices; `A,B` for unions; `*` takes anything. */
  readonly type: string;
  /** Undefined for inputs that only a link can feed. */
  readonly widget: WidgetDefinition | undefined;
  /** Whether a link can feed it. */
  readonly isSocket: boolean;
  /** Whether the widget has a control that says how the value changes after each run, and what it is at first. */
  readonly control: ValueControl | undefined;
  readonly isLazy: boolean;
  /** Shown on demand only. */
  readonly isAdvanced: boolean;
  readonly tooltip: string | undefined;
  readonly dynamic: DynamicInput | undefined;
  /** All that the server says of it. */
  readonly options: JsonObject;
}

export interface OutputDefinition {
  readonly name: string;
  readonly type: string;
  readonly isList: boolean;
  readonly tooltip: string | undefined;
}

export interface NodeDefinition {
  readonly type: string;
  readonly name: string;
  readonly description: string;
  /** From the outermost in. */
  readonly category: readonly string[];
  readonly inputs: readonly InputDefinition[];
  readonly outputs: readonly OutputDefinition[];
  /** Runs on its own; others run only when something needs them. */
  readonly isOutput: boolean;
  readonly isDeprecated: boolean;
  readonly isExperimental: boolean;
  readonly isApiNode: boolean;
  /** The module on the server that provides it. */
  readonly module: string;
  readonly aliases: readonly string[];
  /** Names of what the server fills in. */
  readonly hidden: readonly string[];
  /** All that the server says of it. */
  readonly source: NodeDescription;
}

export interface Catalogue {
  readonly definitions: ReadonlyMap<string, NodeDefinition>;
  /** As the server gives them: what conversion works with. */
  readonly descriptions: ReadonlyMap<string, NodeDescription>;
}
