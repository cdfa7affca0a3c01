import { useEffect, useState } from 'react';
import type { Output } from '@snug/client';
import { Canvas } from '../canvas/index.ts';
import { placeOf } from '../document/index.ts';
import type { NodeId } from '../document/types.ts';
import { allPictures } from '../panels/pictures.ts';
import { shownRunOf } from '../session/session-state.ts';
import type { SessionState, Trouble } from '../session/session-state.ts';
import { useStore } from '../session/store.ts';
import type { Store } from '../session/store.ts';
import { documentOf } from '../session/workspace.ts';
import type { WorkspaceState } from '../session/workspace.ts';
import { useStrings } from '../strings/language.tsx';
import { shellStrings } from '../strings/shell.ts';
import { usePage, useScreen, useSessionState, useWorkspace } from './page-context.tsx';
import type { Picture, ScreenState } from './page-context.tsx';

/** On narrower windows the graph is watched, not wired. */
const EDITABLE = '(min-width: 720px)';

/** The canvas with the workflow that is open. */
export function Stage(): React.JSX.Element {
  const { session, screen } = usePage();
  const { workspace } = session;
  const catalogue = useStore(session.catalogue, same);
  const { history, path, view, problems, opening } = useWorkspace(same<WorkspaceState>);
  const isNarrow = !useMedia(EDITABLE);
  const wanted = useScreen(wantedOf);
  const [focus, setFocus] = useState<{ readonly node: NodeId }>();
  useEffect(() => {
    const place = wanted && placeOf(documentOf(workspace.store.get()), wanted.promptId);
    if (!place) return;
    workspace.setPath(place.path);
    setFocus({ node: place.node });
  }, [wanted, workspace]);
  useFollowing(isNarrow, screen);
  if (!catalogue || opening === 0) return <StageWait />;
  const openOutput = (output: Output): void => {
    if (output.kind !== 'image') return;
    const pictures = allPictures(session.state.get());
    const at = pictures.findIndex(
      ({ file }) =>
        file.filename === output.filename && file.subfolder === output.subfolder && file.folder === output.folder,
    );
    const alone: Picture = {
      key: output.filename,
      file: output,
      runId: session.state.get().shownRun ?? '',
      nodeTitle: output.nodeId,
      durationMs: undefined,
      prompt: undefined,
      workflow: undefined,
    };
    const opened = at < 0 ? { pictures: [alone], at: 0 } : { pictures, at };
    screen.set((state) => ({ ...state, opened: { kind: 'picture', ...opened } }));
  };
  return (
    <Canvas
      key={opening}
      document={history.present}
      catalogue={catalogue}
      path={path}
      onPath={workspace.setPath}
      onEdit={workspace.edit}
      onUndo={workspace.undo}
      onRedo={workspace.redo}
      runs={session.nodeRuns}
      problems={problems}
      client={session.client}
      onRun={(what) => void session.run(what)}
      onOpenOutput={openOutput}
      initialView={view}
      focus={focus}
      onView={workspace.setView}
      onNotice={session.notice}
      isReadOnly={isNarrow}
    />
  );
}

/** Where there is room for one node only, it is the one that is at work, then one that has a result. */
function useFollowing(isNarrow: boolean, screen: Store<ScreenState>): void {
  const followed = useSessionState(isNarrow ? followedOf : nothing);
  useEffect(() => {
    if (followed !== undefined) screen.set((state) => ({ ...state, wanted: { promptId: followed } }));
  }, [followed, screen]);
}

const nothing = (): undefined => undefined;

function followedOf(state: SessionState): string | undefined {
  const run = shownRunOf(state);
  if (!run) return undefined;
  if (run.end === undefined) return run.criticalNode;
  const pictures = [...run.nodes].filter(([, { outputs }]) => outputs.some(({ kind }) => kind !== 'custom'));
  return (pictures.findLast(([, { outputsFrom }]) => outputsFrom === run.id) ?? pictures.at(-1))?.[0];
}

/** Until the nodes of the server are known: that they come, or why they do not. */
function StageWait(): React.JSX.Element {
  const t = useStrings(shellStrings);
  const { otherServer } = usePage();
  const trouble = useSessionState(awayOf);
  return (
    <div className="stage-wait" role="status">
      {trouble ? (
        <div className="card">
          <p className="strong">{t.away}</p>
          <p className="soft">{trouble.message}</p>
          {otherServer !== undefined && <p>{t.corsHint}</p>}
        </div>
      ) : (
        <p>{t.loading}</p>
      )}
    </div>
  );
}

const wantedOf = ({ wanted }: ScreenState): ScreenState['wanted'] => wanted;
const awayOf = ({ troubles }: SessionState): Trouble | undefined => troubles.find(({ kind }) => kind === 'connection');

function useMedia(query: string): boolean {
  const [isMatch, setMatch] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const change = (): void => setMatch(media.matches);
    change();
    media.addEventListener('change', change);
    return () => media.removeEventListener('change', change);
  }, [query]);
  return isMatch;
}

const same = <T,>(value: T): T => value;
