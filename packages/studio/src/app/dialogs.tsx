import { useEffect, useId, useState } from 'react';
import { CompareViewer } from '../panels/compare-viewer.tsx';
import { PictureViewer } from '../panels/picture-viewer.tsx';
import { listWorkflows } from '../session/server-files.ts';
import type { ServerWorkflow } from '../session/server-files.ts';
import { useStrings } from '../strings/language.tsx';
import { shellStrings } from '../strings/shell.ts';
import { Button, Dialog } from './controls.tsx';
import { openFromServer, saveToServer } from './files.ts';
import { showBytes } from './format.ts';
import { serverQuery } from './other-server.ts';
import { usePage, useScreen } from './page-context.tsx';
import type { Opened, ScreenState } from './page-context.tsx';

/** Whatever lies over the page: one at a time. */
export function Dialogs(): React.JSX.Element | null {
  const { screen } = usePage();
  const opened = useScreen(openedOf);
  const close = (): void => screen.set((state) => ({ ...state, opened: undefined }));
  if (!opened) return null;
  switch (opened.kind) {
    case 'picture':
      return (
        <PictureViewer
          pictures={opened.pictures}
          at={opened.at}
          onMove={(at) => screen.set((state) => ({ ...state, opened: { ...opened, at } }))}
          onClose={close}
        />
      );
    case 'compare':
      return <CompareViewer left={opened.left} right={opened.right} onClose={close} />;
    case 'files':
      return <ServerFilesDialog onClose={close} />;
    case 'save':
      return <SaveDialog onClose={close} />;
    case 'server':
      return <ServerDialog onClose={close} />;
  }
}

interface Closable {
  readonly onClose: () => void;
}

function ServerFilesDialog({ onClose }: Closable): React.JSX.Element {
  const t = useStrings(shellStrings);
  const { session } = usePage();
  const [files, setFiles] = useState<readonly ServerWorkflow[] | undefined>(undefined);
  useEffect(() => {
    listWorkflows(session.client).then(setFiles, () => setFiles([]));
  }, [session]);
  return (
    <Dialog title={t.serverFiles} onClose={onClose}>
      {files?.length === 0 && <p className="panel-empty">{t.serverFilesEmpty}</p>}
      <ul className="rows">
        {files?.map(({ path, bytes, modified }) => (
          <li key={path}>
            <button
              type="button"
              className="file-row"
              onClick={() => {
                onClose();
                void openFromServer(session, t, path);
              }}
            >
              <span className="row-main">{path.replace(/\.json$/, '')}</span>
              <span className="soft">{`${new Date(modified).toLocaleString()} · ${showBytes(bytes)}`}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function SaveDialog({ onClose }: Closable): React.JSX.Element {
  const t = useStrings(shellStrings);
  const { session } = usePage();
  const [name, setName] = useState(session.workspace.store.get().name || t.untitled);
  const id = useId();
  return (
    <Dialog title={t.menuSave} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          void saveToServer(session, t, name).then((isSaved) => isSaved && onClose());
        }}
      >
        <label htmlFor={id}>{t.saveAs}</label>
        <input id={id} className="field" value={name} onChange={({ target }) => setName(target.value)} />
        <div className="form-end">
          <Button kind="quiet" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button kind="strong" isDisabled={!name.trim()}>
            {t.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function ServerDialog({ onClose }: Closable): React.JSX.Element {
  const t = useStrings(shellStrings);
  const [address, setAddress] = useState('http://127.0.0.1:8188');
  const id = useId();
  return (
    <Dialog title={t.otherServer} onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          location.search = serverQuery(address);
        }}
      >
        <label htmlFor={id}>{t.serverAddress}</label>
        <input
          id={id}
          className="field"
          inputMode="url"
          value={address}
          onChange={({ target }) => setAddress(target.value)}
        />
        <p className="soft">{t.corsHint}</p>
        <div className="form-end">
          <Button kind="quiet" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button kind="strong">{t.confirmServerGo}</Button>
        </div>
      </form>
    </Dialog>
  );
}

const openedOf = ({ opened }: ScreenState): Opened | undefined => opened;
