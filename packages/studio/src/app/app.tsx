import { useEffect } from 'react';
import { GalleryPanel } from '../panels/gallery-panel.tsx';
import { HealthPanel } from '../panels/health-panel.tsx';
import { InspectorPanel } from '../panels/inspector-panel.tsx';
import { ProblemsPanel } from '../panels/problems-panel.tsx';
import { QueuePanel } from '../panels/queue-panel.tsx';
import { useStrings } from '../strings/language.tsx';
import { shellStrings } from '../strings/shell.ts';
import { IconButton } from './controls.tsx';
import { Dialogs } from './dialogs.tsx';
import { DropZone } from './drop-zone.tsx';
import { Notices } from './notices.tsx';
import { usePage, useScreen, useWorkspace } from './page-context.tsx';
import type { PanelName, ScreenState } from './page-context.tsx';
import { Rail } from './rail.tsx';
import { RunStrip } from './run-strip.tsx';
import { Stage } from './stage.tsx';
import { TopBar } from './top-bar.tsx';

const CONTENTS: Record<PanelName, () => React.JSX.Element> = {
  queue: QueuePanel,
  gallery: GalleryPanel,
  problems: ProblemsPanel,
  inspector: InspectorPanel,
  health: HealthPanel,
};

export function App(): React.JSX.Element {
  const { session } = usePage();
  const panel = useScreen(panelOf);
  const name = useWorkspace((state) => state.name);
  const t = useStrings(shellStrings);
  useEffect(() => {
    document.title = name ? `${name} · ${t.appName}` : t.appName;
  }, [name, t]);
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      void session.run();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [session]);
  return (
    <div className="shell">
      <TopBar />
      <RunStrip />
      <Rail />
      <main className="stage">
        <Stage />
      </main>
      {panel && <Panel name={panel} />}
      <Notices />
      <DropZone />
      <Dialogs />
    </div>
  );
}

function Panel({ name }: { readonly name: PanelName }): React.JSX.Element {
  const t = useStrings(shellStrings);
  const { screen } = usePage();
  const Contents = CONTENTS[name];
  return (
    <aside id="panel" className="panel" aria-label={t.panels[name]} data-panel={name}>
      <header className="panel-head">
        <h2>{t.panels[name]}</h2>
        <IconButton
          icon="close"
          label={t.close}
          onClick={() => screen.set((state) => ({ ...state, panel: undefined }))}
        />
      </header>
      <div className="panel-body">
        <Contents />
      </div>
    </aside>
  );
}

const panelOf = ({ panel }: ScreenState): PanelName | undefined => panel;
