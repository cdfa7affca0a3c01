/** How far a node is; it turns where the node does not say. */

const RADIUS = 6.5;
const ROUND = 2 * Math.PI * RADIUS;

export function ProgressRing({
  share,
  label,
}: {
  readonly share: number | undefined;
  readonly label: string;
}): React.JSX.Element {
  return (
    <svg
      className="ring"
      viewBox="0 0 16 16"
      data-turning={share === undefined || undefined}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share === undefined ? undefined : Math.round(share * 100)}
    >
      <circle className="ring-track" cx="8" cy="8" r={RADIUS} />
      <circle
        className="ring-done"
        cx="8"
        cy="8"
        r={RADIUS}
        strokeDasharray={ROUND}
        strokeDashoffset={ROUND * (1 - (share ?? 0.28))}
      />
    </svg>
  );
}
