/** What a file is by its name: servers say so only when it is fetched. */
const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    png: 'image/png',
    jpg: 'image/jpeg',
    jpeg: 'image/jpeg',
    webp: 'image/webp',
    gif: 'image/gif',
    avif: 'image/avif',
    svg: 'image/svg+xml',
    mp4: 'video/mp4',
    webm: 'video/webm',
    mov: 'video/quicktime',
    mkv: 'video/x-matroska',
    mp3: 'audio/mpeg',
    wav: 'audio/wav',
    flac: 'audio/flac',
    ogg: 'audio/ogg',
    opus: 'audio/opus',
    m4a: 'audio/mp4',
    glb: 'model/gltf-binary',
    gltf: 'model/gltf+json',
    obj: 'model/obj',
    stl: 'model/stl',
    fbx: 'model/fbx',
    ply: 'model/ply',
    txt: 'text/plain',
    md: 'text/markdown',
    json: 'application/json',
    safetensors: 'application/x-safetensors',
  }),
);

export const UNKNOWN_TYPE = 'application/octet-stream';

export function mimeOf(filename: string): string {
  return TYPES.get(filename.slice(filename.lastIndexOf('.') + 1).toLowerCase()) ?? UNKNOWN_TYPE;
}

/** The ending that files of a type have, without the dot. */
export function endingOf(mime: string): string | undefined {
  for (const [ending, type] of TYPES) if (type === mime) return ending;
  return undefined;
}
