/** Runs the workflow once for each value of a widget. */
import { useCallback, useState } from 'react';
import { graphAt, MAX_BATCH, portsOf, readValueList } from '../document/index.ts';
import type { InputPort } from '../document/index.ts';
import type { WidgetKind } from '../catalogue/index.ts';
import { useCanvas, useCanvasStrings } from './canvas-context.ts';
import { Dialog } from './dialog.tsx';

const LISTED = new Set<WidgetKind>(['text', 'multiline', 'choice', 'upload', 'colour']);

export function BatchDialog({
  node: id,
  input,
}: {
  readonly node: string;
  readonly input: string | undefined;
}): React.JSX.Element {
  const { actions, props } = useCanvas();
  const { batch: strings } = useCanvasStrings();
  const close = useCallback(() => actions.show(undefined), [actions]);
  const { document, path, catalogue, onRun } = props();
  const node = graphAt(document, path)?.nodes.get(id);
  const all = node ? portsOf(document, path, node, catalogue).inputs : [];
  const inputs = all.filter(({ widget, link }) => widget && widget.kind !== 'other' && link === undefined);
  const [name, setName] = useState(input ?? inputs[0]?.name);
  const [text, setText] = useState('');
  const chosen = inputs.find((one) => one.name === name);
  const values = chosen?.widget && text.trim() !== '' ? readValueList(text, chosen.widget) : undefined;
  const isTooMany = (values?.length ?? 0) > MAX_BATCH;
  const told = !values
    ? text.trim() === ''
      ? ''
      : strings.unreadable
    : isTooMany
      ? strings.tooMany(values.length)
      : strings.count(values.length);

  const start = (): void => {
    if (!chosen || !values?.length || isTooMany) return;
    close();
    onRun({ batch: [{ place: { path, node: id }, input: chosen.name, values }] });
  };
  return (
    <Dialog label={strings.title} className="window batch" onClose={close}>
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
      >
        <header className="dialog-header">
          <h2>{strings.title}</h2>
        </header>
        {inputs.length === 0 ? (
          <p className="dialog-content">{strings.none}</p>
        ) : (
          <div className="dialog-content">
            <label>
              <span>{strings.widget}</span>
              <select value={name} onChange={(event) => setName(event.target.value)}>
                {inputs.map(({ name: key, label }) => (
                  <option key={key} value={key}>
                    {label}
                  </option>
                ))}
              </select>
            </label>
            <label>
              <span>{strings.values}</span>
              <textarea
                value={text}
                rows={5}
                spellCheck={false}
                placeholder={placeholderOf(chosen)}
                aria-describedby="batch-hint"
                onChange={(event) => setText(event.target.value)}
              />
            </label>
            <p id="batch-hint" className="hint">
              {isListed(chosen) ? strings.hintTexts : strings.hintNumbers}
            </p>
          </div>
        )}
        <footer className="dialog-footer">
          <span role="status">{told}</span>
          <button type="button" onClick={close}>
            {strings.cancel}
          </button>
          <button type="submit" className="primary" disabled={!values?.length || isTooMany}>
            {strings.run}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

const isListed = (input: InputPort | undefined): boolean => LISTED.has(input?.widget?.kind ?? 'text');

/** What can be chosen, so that nobody has to remember it. */
function placeholderOf(input: InputPort | undefined): string | undefined {
  const widget = input?.widget;
  if (widget?.kind !== 'choice' && widget?.kind !== 'upload') return undefined;
  return widget.choices?.slice(0, 5).map(String).join('\n');
}
