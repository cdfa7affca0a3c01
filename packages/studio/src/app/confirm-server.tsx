import type { Settings } from '../session/settings.ts';
import type { Store } from '../session/store.ts';
import { useStrings } from '../strings/language.tsx';
import { shellStrings } from '../strings/shell.ts';
import { Button } from './controls.tsx';
import { serverQuery } from './other-server.ts';

export interface ConfirmServerProps {
  readonly url: string;
  readonly origin: string;
  readonly settings: Store<Settings>;
}

/** Shown instead of the page until the person has said what to do about the server in the address. */
export function ConfirmServer({ url, origin, settings }: ConfirmServerProps): React.JSX.Element {
  const t = useStrings(shellStrings);
  return (
    <main className="confirm">
      <section className="card" role="alertdialog" aria-labelledby="confirm-title" aria-describedby="confirm-text">
        <h1 id="confirm-title">{t.confirmServer}</h1>
        <p id="confirm-text">{t.confirmServerText(origin)}</p>
        <p className="soft">{t.corsHint}</p>
        <div className="form-end">
          <Button onClick={() => (location.search = '')}>{t.confirmServerStay}</Button>
          <Button
            kind="strong"
            onClick={() => {
              settings.set((now) => ({ ...now, allowedOrigins: [...new Set([...now.allowedOrigins, origin])] }));
              location.search = serverQuery(url, true);
            }}
          >
            {t.confirmServerGo}
          </Button>
        </div>
      </section>
    </main>
  );
}
