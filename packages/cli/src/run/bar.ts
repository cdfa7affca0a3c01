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
 * The line, cut to the width of the terminal: its parts stay where they are while it goes on, and the label gives way.
 * @param paint colours the bar; it adds no columns
 */
export function barLine(view: BarView, columns: number, paint = (bar: string): string => bar): string {
  const name = fitColumns(view.name, Math.min(NAME_COLUMNS, columnsOf(view.name), Math.floor(columns / 4)));
  const bar = barText(view.share, Math.min(BAR_COLUMNS, Math.floor(columns / 4)));
  const left = view.secondsLeft === undefined ? '' : `  ${clockText(view.secondsLeft)} left`;
  const numbers = `${percentText(view.share)}${left}`;
  const rest = columns - columnsOf(name) - columnsOf(bar) - 3;
  if (rest < columnsOf(numbers)) return cutToColumns(`${name}  ${numbers}`, columns);
  const steps = view.steps ? ` ${countText(view.steps.value)}/${countText(view.steps.max)}` : '';
  const room = rest - columnsOf(numbers) - 2;
  const label = cutToColumns(view.label, room - columnsOf(steps));
  const doing = label ? label + steps : cutToColumns(view.label, room);
  return `${name}  ${paint(bar)} ${numbers}${doing && `  ${doing}`}`;
}
