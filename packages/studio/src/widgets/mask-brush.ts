/** Painting a mask on a canvas: opaque where the picture becomes transparent. */

export interface Brush {
  /** In pixels of the picture. */
  readonly diameter: number;
  /** Share of the radius that fades out, 0 to 1. */
  readonly softness: number;
  readonly isEraser: boolean;
}

export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Stamps between two spots, near enough to look like a line. */
export function paintStroke(context: CanvasRenderingContext2D, from: Spot, to: Spot, brush: Brush): void {
  const distance = Math.hypot(to.x - from.x, to.y - from.y);
  const steps = Math.max(1, Math.ceil(distance / Math.max(1, brush.diameter / 8)));
  context.save();
  context.globalCompositeOperation = brush.isEraser ? 'destination-out' : 'source-over';
  for (let step = 1; step <= steps; step++) {
    const share = step / steps;
    stamp(context, { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }, brush);
  }
  context.restore();
}

function stamp(context: CanvasRenderingContext2D, { x, y }: Spot, { diameter, softness }: Brush): void {
  const radius = diameter / 2;
  if (softness > 0) {
    const fade = context.createRadialGradient(x, y, radius * (1 - softness), x, y, radius);
    fade.addColorStop(0, 'rgb(0 0 0 / 1)');
    fade.addColorStop(1, 'rgb(0 0 0 / 0)');
    context.fillStyle = fade;
  } else context.fillStyle = 'rgb(0 0 0)';
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

/** What is painted is not, and the other way round. */
export function invertMask(context: CanvasRenderingContext2D): void {
  const { width, height } = context.canvas;
  context.save();
  context.globalCompositeOperation = 'xor';
  context.fillStyle = 'rgb(0 0 0)';
  context.fillRect(0, 0, width, height);
  context.restore();
}

/** The mask that a picture has already: where it is transparent. */
export function maskFromPicture(context: CanvasRenderingContext2D, picture: CanvasImageSource): void {
  const { width, height } = context.canvas;
  context.drawImage(picture, 0, 0, width, height);
  const pixels = context.getImageData(0, 0, width, height);
  for (let at = 0; at < pixels.data.length; at += 4) {
    pixels.data[at] = pixels.data[at + 1] = pixels.data[at + 2] = 0;
    pixels.data[at + 3] = 255 - (pixels.data[at + 3] ?? 255);
  }
  context.putImageData(pixels, 0, 0);
}

/** A picture that is transparent where the mask is painted: the server puts its transparency on a copy. */
export async function maskedPicture(mask: HTMLCanvasElement): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = mask.width;
  canvas.height = mask.height;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser gives no canvas.');
  context.fillStyle = 'rgb(0 0 0)';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.globalCompositeOperation = 'destination-out';
  context.drawImage(mask, 0, 0);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new Error('The mask is too large for this browser.');
  return blob;
}
