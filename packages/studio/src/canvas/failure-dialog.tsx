/** What a node failed with: the message, the inputs that it had, and where in its code. */
import { useCallback } from 'react';
import { reportText, shorten } from '../session/failure-report.ts';
import type { NodeFailure } from './canvas-props.ts';
import { useCanvas, useCanvasStrings } from './canvas-context.ts';
import { Dialog } from './dialog.tsx';

/** Copies what somebody who is asked for help wants to see. */
export function useCopyReport(): (failure: NodeFailure) => void {
  const { props } = useCanvas();
  const strings = useCanvasStrings();
  return useCallback(
    (failure) => {
      const text = reportText({ ...failure, inputs: failure.inputs ?? {} }, { Server: props().client.url });
      const said = (isDone: boolean): void => props().onNotice(isDone ? strings.failure.copied : strings.noClipboard);
      if (!navigator.clipboard) return said(false);
      navigator.clipboard.writeText(text).then(
        () => said(true),
        () => said(false),
      );
    },
    [props, strings],
  );
}

export function FailureDialog({ failure }: { readonly failure: NodeFailure }): React.JSX.Element {
  const { actions } = useCanvas();
  const { failure: strings } = useCanvasStrings();
  const copy = useCopyReport();
  const close = useCallback(() => actions.show(undefined), [actions]);
  const { classType, exceptionType, message, inputs, traceback } = failure;
  return (
    <Dialog label={strings.title(classType)} className="window failure" onClose={close}>
      <header className="dialog-header">
        <h2>{strings.title(classType)}</h2>
        <p className="failure-message">
          <b>{exceptionType}</b> {message.trim()}
        </p>
      </header>
      <div className="dialog-content">
        {inputs && Object.keys(inputs).length > 0 && (
          <>
            <h3>{strings.inputs}</h3>
            <dl className="failure-inputs">
              {Object.entries(inputs).map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{shorten(value)}</dd>
                </div>
              ))}
            </dl>
          </>
        )}
        {traceback.length > 0 && (
          <>
            <h3>{strings.stack}</h3>
            <pre className="failure-stack" tabIndex={0} role="region" aria-label={strings.stack}>
              {traceback.map((line) => line.trimEnd()).join('\n')}
            </pre>
          </>
        )}
      </div>
      <footer className="dialog-footer">
        <button type="button" onClick={close}>
          {strings.close}
        </button>
        <button type="button" className="primary" onClick={() => copy(failure)}>
          {strings.copy}
        </button>
      </footer>
    </Dialog>
  );
}
