/** One line that shows how far a prompt has come. */
import { columnsOf, cutToColumns, fitColumns } from './columns.ts';

export interface BarView {
  /** What runs. */
  readonly name: string;
  /** From 0 to 1. */
  readonly share: number;
  /** What it is doing: the node, or that it waits. */
  readonly label: string;
  readonly steps: { readonly value: number; readonly max: number } | undefined;
  readonly secondsLeft: number | undefined;
}

const NAME_COLUMNS = 24;
const BAR_COLUMNS = 24;
const LEAST_BAR = 8;
const PARTS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** `m:ss`, or `h:mm:ss` from an hour on. */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = String(whole % 60).padStart(2, '0');
  return hours ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** A bar of so many columns, drawn in eighths. */
export function barText(share: number, columns: number): string {
  const eighths = Math.floor(Math.min(1, Math.max(0, share)) * columns * 8);
  const full = Math.floor(eighths / 8);
  const part = PARTS[eighths % 8]!;
  return '█'.repeat(full) + part + '░'.repeat(Math.max(0, columns - full - part.length));
}

/** Whole numbers as they are, others with two digits. */
const countText = (count: number): string => (Number.isInteger(count) ? String(count) : count.toFixed(2));

/** 100 is for what has ended. */
const percentText = (share: number): string => `${String(share >= 1 ? 100 : Math.floor(share * 100)).padStart(3)}%`;

/**
 * The line, cut to the width of the terminal. The name and the bar give way first, then the end of the line.
 * @param paint colours the bar; it adds no columns
 */
export function barLine(view: BarView, columns: number, paint = (bar: string): string => bar): string {
  const steps = view.steps ? ` ${countText(view.steps.value)}/${countText(view.steps.max)}` : '';
  const left = view.secondsLeft === undefined ? '' : `  ${clockText(view.secondsLeft)} left`;
  const tail = `${percentText(view.share)}  ${view.label}${steps}${left}`;
  const name = fitColumns(view.name, Math.min(NAME_COLUMNS, columnsOf(view.name), Math.floor(columns / 4)));
  const room = columns - columnsOf(name) - columnsOf(tail) - 3;
  const width = Math.max(Math.min(BAR_COLUMNS, room), LEAST_BAR);
  const head = `${name}  `;
  const rest = columns - columnsOf(head) - width - 1;
  if (rest < 4) return cutToColumns(`${head}${tail}`, columns);
  const cut = left && columnsOf(tail) > rest ? cutTail(view, steps, left, rest) : cutToColumns(tail, rest);
  return `${head}${paint(barText(view.share, width))} ${cut}`;
}

/** The name of the node is cut before the numbers are. */
function cutTail({ share, label }: BarView, steps: string, left: string, columns: number): string {
  const numbers = columnsOf(steps) + columnsOf(left);
  const room = columns - numbers - 6;
  if (room < 4) return cutToColumns(`${percentText(share)}${left}`, columns);
  return `${percentText(share)}  ${cutToColumns(label, room)}${steps}${left}`;
}
