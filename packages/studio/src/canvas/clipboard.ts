/** Nodes in the clipboard of the system, as text. */
import type { Point } from '../document/types.ts';
import type { CanvasActions } from './canvas-actions.ts';

/** Menus get no paste event: they ask, and the browser may ask the person. */
export async function pasteFromSystem(actions: CanvasActions, at: Point): Promise<void> {
  const text = await navigator.clipboard?.readText().catch(() => undefined);
  actions.paste(text, at);
}
