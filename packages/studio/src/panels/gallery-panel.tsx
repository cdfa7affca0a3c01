import { useDeferredValue, useState } from 'react';
import { Button } from '../app/controls.tsx';
import { usePage, useSessionState } from '../app/page-context.tsx';
import type { Picture } from '../app/page-context.tsx';
import { useStrings } from '../strings/language.tsx';
import { shellStrings } from '../strings/shell.ts';
import { allPictures, matches } from './pictures.ts';

/** As many as are drawn before more are asked for. */
const PAGE = 60;

/** The pictures of all runs: one is opened large, two are compared. */
export function GalleryPanel(): React.JSX.Element {
  const t = useStrings(shellStrings);
  const { session, screen } = usePage();
  const all = useSessionState(allPictures);
  const [query, setQuery] = useState('');
  const wanted = useDeferredValue(query);
  const [isComparing, setComparing] = useState(false);
  const [chosen, setChosen] = useState<readonly Picture[]>([]);
  const [count, setCount] = useState(PAGE);
  const pictures = all.filter((picture) => matches(picture, wanted));
  const take = (picture: Picture, at: number): void => {
    if (!isComparing) return screen.set((state) => ({ ...state, opened: { kind: 'picture', pictures, at } }));
    const next = chosen.some(({ key }) => key === picture.key)
      ? chosen.filter(({ key }) => key !== picture.key)
      : [...chosen, picture];
    const [left, right] = next;
    setChosen(left && right ? [] : next);
    if (!left || !right) return;
    setComparing(false);
    screen.set((state) => ({ ...state, opened: { kind: 'compare', left, right } }));
  };
  if (!all.length) return <p className="panel-empty">{t.galleryEmpty}</p>;
  return (
    <>
      <div className="panel-tools">
        <input
          type="search"
          className="field"
          placeholder={t.galleryFilter}
          aria-label={t.galleryFilter}
          value={query}
          onChange={({ target }) => setQuery(target.value)}
        />
        <Button
          icon="compare"
          isPressed={isComparing}
          isDisabled={all.length < 2}
          onClick={() => {
            setChosen([]);
            setComparing(!isComparing);
          }}
        >
          {t.compare}
        </Button>
      </div>
      {isComparing && (
        <p className="soft" role="status">
          {t.compareHint(chosen.length)}
        </p>
      )}
      {!pictures.length && <p className="panel-empty">{t.galleryNone}</p>}
      <ul className="gallery">
        {pictures.slice(0, count).map((picture, at) => (
          <li key={picture.key}>
            <button
              type="button"
              className="gallery-item"
              aria-pressed={isComparing ? chosen.some(({ key }) => key === picture.key) : undefined}
              aria-label={(isComparing ? t.choosePicture : t.openPicture)(picture.file.filename, picture.nodeTitle)}
              onClick={() => take(picture, at)}
            >
              <img src={picture.file.url({ preview: 'webp;75' })} alt="" loading="lazy" decoding="async" />
              <span>{picture.nodeTitle}</span>
            </button>
          </li>
        ))}
      </ul>
      {pictures.length > count && (
        <Button kind="quiet" onClick={() => setCount(count + PAGE)}>
          {`+${pictures.length - count}`}
        </Button>
      )}
      <div className="panel-tools">
        <Button kind="quiet" icon="trash" title={t.forgetExplain} onClick={() => void session.forget()}>
          {t.forgetAll}
        </Button>
      </div>
    </>
  );
}
