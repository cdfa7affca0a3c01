import { useEffect, useState } from 'react';
import { useStrings } from '../strings/language.tsx';
import { shellStrings } from '../strings/shell.ts';
import { openFile } from './files.ts';
import { useSession } from './page-context.tsx';

/** Takes files that are dropped anywhere on the page, unless something below has taken them: an image input. */
export function DropZone(): React.JSX.Element | null {
  const t = useStrings(shellStrings);
  const session = useSession();
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    let depth = 0;
    const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
    const enter = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      depth++;
      setOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const over = (event: DragEvent): void => {
      if (carriesFiles(event)) event.preventDefault();
    };
    const end = (): void => {
      depth = 0;
      setOver(false);
    };
    const drop = (event: DragEvent): void => {
      const file = event.dataTransfer?.files[0];
      if (event.defaultPrevented || !file) return;
      event.preventDefault();
      void openFile(session, t, file);
    };
    addEventListener('dragenter', enter);
    addEventListener('dragleave', leave);
    addEventListener('dragover', over);
    // also when somebody below takes it: the veil must go
    addEventListener('drop', end, true);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragenter', enter);
      removeEventListener('dragleave', leave);
      removeEventListener('dragover', over);
      removeEventListener('drop', end, true);
      removeEventListener('drop', drop);
    };
  }, [session, t]);
  return isOver ? (
    <div className="drop-veil">
      <p>{t.dropHere}</p>
    </div>
  ) : null;
}
