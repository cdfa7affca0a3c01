import { useState } from 'react';
import { Button, IconButton } from '../app/controls.tsx';
import { usePage, useSessionState, useWorkspace } from '../app/page-context.tsx';
import { graphAt, promptIdOf } from '../document/index.ts';
import type { DocumentProblem } from '../document/index.ts';
import type { NodePlace, WorkflowDocument } from '../document/types.ts';
import { reportText, shorten } from '../session/failure-report.ts';
import { runOf } from '../session/session-state.ts';
import type { FailureReport, SessionState, Trouble } from '../session/session-state.ts';
import { documentOf } from '../session/workspace.ts';
import { useStrings } from '../strings/language.tsx';
import { shellStrings } from '../strings/shell.ts';

/** What went wrong, the newest first, with the way to the node and a report for somebody else. */
export function ProblemsPanel(): React.JSX.Element {
  const t = useStrings(shellStrings);
  const troubles = useSessionState(troublesOf);
  if (!troubles.length) return <p className="panel-empty">{t.problemsEmpty}</p>;
  return (
    <ul className="troubles">
      {troubles.map((trouble) => (
        <li key={trouble.id}>
          <TroubleCard trouble={trouble} />
        </li>
      ))}
    </ul>
  );
}

function TroubleCard({ trouble }: { readonly trouble: Trouble }): React.JSX.Element {
  const t = useStrings(shellStrings);
  const { session } = usePage();
  const { kind, message, hint, placed, failure } = trouble;
  const title = useSessionState(
    (state) => failure && (runOf(state, trouble.runId)?.titles.get(failure.nodeId) ?? failure.classType),
  );
  return (
    <article className="card" data-kind={kind}>
      <header className="row">
        <h3 className="row-main">{t.problemKinds[kind]}</h3>
        <time className="soft" dateTime={new Date(trouble.at).toISOString()}>
          {new Date(trouble.at).toLocaleTimeString()}
        </time>
        <IconButton icon="close" label={t.dismiss} onClick={() => session.dismiss(trouble.id)} />
      </header>
      {failure && <p className="strong">{t.failedNode(title ?? failure.classType, failure.classType)}</p>}
      {(failure || !placed.length) && <p className="trouble-text">{message.trim()}</p>}
      {hint && <p className="soft">{hint}</p>}
      {!failure && placed.map((problem, at) => <PlacedProblem key={at} problem={problem} />)}
      {failure && <Failed failure={failure} placed={placed} />}
    </article>
  );
}

function PlacedProblem({ problem }: { readonly problem: DocumentProblem }): React.JSX.Element {
  const { place, input, message } = problem;
  const title = useWorkspace((state) => place && titleOf(documentOf(state), place));
  return (
    <div className="row">
      <p className="trouble-text">
        {title !== undefined && <span className="strong">{title} </span>}
        {input !== undefined && <code>{input}</code>} {message}
      </p>
      {place && <GoToNode promptId={promptIdOf(place)} />}
    </div>
  );
}

function GoToNode({ promptId }: { readonly promptId: string }): React.JSX.Element {
  const t = useStrings(shellStrings);
  const { screen } = usePage();
  return (
    <IconButton
      icon="target"
      label={t.goToNode}
      onClick={() => screen.set((state) => ({ ...state, wanted: { promptId } }))}
    />
  );
}

function Failed({
  failure,
  placed,
}: {
  readonly failure: FailureReport;
  readonly placed: readonly DocumentProblem[];
}): React.JSX.Element {
  const t = useStrings(shellStrings);
  const { session } = usePage();
  const [isCopied, setCopied] = useState(false);
  const inputs = Object.entries(failure.inputs);
  const place = placed[0]?.place;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(
      reportText(failure, { server: session.client.url, page: navigator.userAgent, time: new Date().toISOString() }),
    );
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <>
      {inputs.length > 0 && (
        <>
          <h4>{t.inputs}</h4>
          <dl className="facts">
            {inputs.map(([name, value]) => (
              <div key={name} className="fact">
                <dt>{name}</dt>
                <dd>{shorten(value)}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
      {failure.traceback.length > 0 && (
        <details>
          <summary>{t.stack}</summary>
          <pre className="stack" tabIndex={0}>
            {failure.traceback.join('\n')}
          </pre>
        </details>
      )}
      <div className="panel-tools">
        {place && <GoToNode promptId={promptIdOf(place)} />}
        <Button icon={isCopied ? 'check' : 'copy'} onClick={() => void copy()}>
          {isCopied ? t.copied : t.copyReport}
        </Button>
      </div>
    </>
  );
}

/** What the person calls the node, else its class. */
function titleOf(document: WorkflowDocument, { path, node }: NodePlace): string | undefined {
  const found = graphAt(document, path)?.nodes.get(node);
  return found && (found.title ?? found.type);
}

const troublesOf = ({ troubles }: SessionState): readonly Trouble[] => troubles;
