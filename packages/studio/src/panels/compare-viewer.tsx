/** Two pictures on one another; a slider says where one ends and the other begins. */
import { useState } from 'react';
import { Dialog } from '../app/controls.tsx';
import type { Picture } from '../app/page-context.tsx';
import { useStrings } from '../strings/language.tsx';
import { shellStrings } from '../strings/shell.ts';

export interface CompareViewerProps {
  readonly left: Picture;
  readonly right: Picture;
  readonly onClose: () => void;
}

export function CompareViewer({ left, right, onClose }: CompareViewerProps): React.JSX.Element {
  const t = useStrings(shellStrings);
  const [share, setShare] = useState(50);
  return (
    <Dialog title={t.compareTitle} isLarge onClose={onClose}>
      <div className="compare">
        <div className="compare-stage">
          <img src={right.file.url()} alt={right.file.filename} draggable={false} />
          <img
            src={left.file.url()}
            alt={left.file.filename}
            draggable={false}
            style={{ clipPath: `inset(0 ${100 - share}% 0 0)` }}
          />
          <span className="compare-line" style={{ left: `${share}%` }} aria-hidden="true" />
          <input
            type="range"
            className="compare-range"
            min={0}
            max={100}
            step={0.5}
            value={share}
            aria-label={t.compareSlider}
            onChange={({ target }) => setShare(target.valueAsNumber)}
          />
        </div>
        <div className="compare-names">
          <span>{left.file.filename}</span>
          <span>{right.file.filename}</span>
        </div>
      </div>
    </Dialog>
  );
}
