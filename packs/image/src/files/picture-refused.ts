/**
 * A picture that was not read or not written: `picture_unreadable` is no file that we know, `picture_too_large` is past a
 * limit, `picture_unwritable` does not fit into the format.
 */
export class PictureRefused extends Error {
  readonly code: 'picture_unreadable' | 'picture_too_large' | 'picture_unwritable';
  constructor(code: PictureRefused['code'], problem: string, options?: ErrorOptions) {
    super(problem, options);
    this.name = 'PictureRefused';
    this.code = code;
  }
}
