/** Line icons, 20 by 20. They never speak: what they stand on has a name. */

const PATHS = {
  play: 'M7 4.5v11l8.5-5.5z',
  stop: 'M6 6h8v8H6z',
  live: 'M10 10h.01M7 13a4.2 4.2 0 0 1 0-6M13 7a4.2 4.2 0 0 1 0 6M4.6 15.4a7.6 7.6 0 0 1 0-10.8M15.4 4.6a7.6 7.6 0 0 1 0 10.8',
  menu: 'M4 6h12M4 10h12M4 14h12',
  queue: 'M4 5h12M4 10h8M4 15h5',
  gallery: 'M4 4.5h12v11H4zM4 13l3.5-3.5 3 3 2-2L16 14M12.6 7.6h.01',
  problems: 'M10 4 17 16H3zM10 9v3M10 14h.01',
  inspector: 'M4 5h5M4 10h12M4 15h8M13 5h3M15 15h1',
  health: 'M3 10.5h3l2-5 3.5 9 2-4H17',
  undo: 'M7.5 5 4 8.5 7.5 12M4 8.5h7.5a4 4 0 0 1 0 8H9',
  redo: 'm12.5 5 3.5 3.5-3.5 3.5M16 8.5H8.5a4 4 0 0 0 0 8H11',
  close: 'm5.5 5.5 9 9M14.5 5.5l-9 9',
  previous: 'M12 5 7 10l5 5',
  next: 'm8 5 5 5-5 5',
  down: 'M10 4v12M5.5 11.5 10 16l4.5-4.5',
  up: 'M10 16V4M5.5 8.5 10 4l4.5 4.5',
  plus: 'M10 5v10M5 10h10',
  minus: 'M5 10h10',
  fit: 'M4 8V4h4M12 4h4v4M16 12v4h-4M8 16H4v-4',
  download: 'M10 4v8M6.5 9 10 12.5 13.5 9M4 16h12',
  upload: 'M10 12V4M6.5 7.5 10 4l3.5 3.5M4 16h12',
  file: 'M6 3.5h5l3.5 3.5v9.5H6zM11 3.5V7h3.5',
  folder: 'M3.5 5.5h4.5l1.5 2h7v8h-13z',
  trash: 'M4.5 6h11M8 6V4h4v2M6 6l.7 10h6.6L14 6',
  copy: 'M7 7h9v9H7zM4 13V4h9',
  compare: 'M10 3v14M4 5.5h4v9H4M16 5.5h-4v9h4',
  pause: 'M7 5v10M13 5v10',
  target: 'M10 3v3M10 14v3M3 10h3M14 10h3M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z',
  refresh: 'M15.5 9A5.6 5.6 0 0 0 5.6 6.4L4.5 8M4.5 4.5V8H8M4.5 11a5.6 5.6 0 0 0 9.9 2.6l1.1-1.6M15.5 15.5V12H12',
  link: 'M8 12l4-4M9 6.5l1.8-1.8a3 3 0 0 1 4.3 4.3L13.4 10.8M11 13.5l-1.8 1.8a3 3 0 0 1-4.3-4.3L6.6 9.2',
  check: 'm4.5 10.5 3.5 3.5 7.5-8',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }): React.JSX.Element {
  const isSolid = name === 'play' || name === 'stop';
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true" data-solid={isSolid || undefined}>
      <path d={PATHS[name]} />
    </svg>
  );
}
