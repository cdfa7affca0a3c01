/** Where the page begins: chooses the server, starts the session, draws the frame. */
import { StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { bringPhotograph } from '../session/example.ts';
import { createSession } from '../session/session.ts';
import type { Session } from '../session/session.ts';
import type { Settings } from '../session/settings.ts';
import { createSettings } from '../session/settings.ts';
import { createStore, useStore } from '../session/store.ts';
import type { Store } from '../session/store.ts';
import { chooseLanguage, LanguageProvider } from '../strings/language.tsx';
import { shellStrings } from '../strings/shell.ts';
import '../styles/index.css';
import { App } from './app.tsx';
import { ConfirmServer } from './confirm-server.tsx';
import { openExample } from './files.ts';
import { chooseServer } from './other-server.ts';
import { PageProvider } from './page-context.tsx';
import type { PageParts, ScreenState } from './page-context.tsx';

const settings = createSettings(localStorage);
const choice = chooseServer(location.search, settings.get().allowedOrigins, location.origin);
const languageOf = ({ language }: Settings): 'en' | 'zh' => chooseLanguage(language, navigator.languages);

function Page({ parts }: { readonly parts: PageParts | undefined }): React.JSX.Element {
  const language = useStore(settings, languageOf);
  const { theme } = useStore(settings, whole);
  useEffect(() => {
    document.documentElement.lang = language;
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }, [language, theme]);
  return (
    <LanguageProvider value={language}>
      {choice.kind === 'ask' ? (
        <ConfirmServer {...choice} settings={settings} />
      ) : (
        parts && (
          <PageProvider value={parts}>
            <App />
          </PageProvider>
        )
      )}
    </LanguageProvider>
  );
}

function createParts(): PageParts {
  const otherServer = choice.kind === 'other' ? choice.url : undefined;
  const session: Session = createSession({
    // a server may be reached under a path
    server: otherServer ?? new URL('.', location.href).href,
    settings,
    local: localStorage,
    tab: sessionStorage,
  });
  void begin(session);
  const screen: Store<ScreenState> = createStore<ScreenState>({
    panel: undefined,
    opened: undefined,
    wanted: undefined,
  });
  return { session, screen, otherServer };
}

/** The draft of the page before, or the example. */
async function begin(session: Session): Promise<void> {
  if (await session.start()) return;
  await bringExample(session);
  openExample(session, shellStrings[languageOf(settings.get())]);
}

/** The example is of no use without its photograph; a server that does not take it says so when it is run. */
async function bringExample(session: Session): Promise<void> {
  const loader = session.catalogue.get()?.definitions.get('LoadImage');
  const widget = loader?.inputs.find(({ name }) => name === 'image')?.widget;
  const choices = widget && 'choices' in widget ? (widget.choices ?? []) : [];
  try {
    if (await bringPhotograph(session.client, choices)) await session.refreshCatalogue();
  } catch (error) {
    session.notice(error instanceof Error ? error.message : String(error));
  }
}

const whole = (now: Settings): Settings => now;
const parts = choice.kind === 'ask' ? undefined : createParts();
const place = document.getElementById('app');
if (place)
  createRoot(place).render(
    <StrictMode>
      <Page parts={parts} />
    </StrictMode>,
  );
