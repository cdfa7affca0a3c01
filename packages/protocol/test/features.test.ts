import { describe, expect, it } from 'vitest';
import { clientFeatures, decodeMessage, readFeatures, serverFeatures } from '@snug/protocol';

describe('features that the other side tells', () => {
  it('[TX22] are read where they are usable, and left out where not', () => {
    const told = { supports_preview_metadata: true, max_upload_size: '5', assets: null, unheard_of: 1 };
    expect(readFeatures(serverFeatures, told)).toEqual({ supports_preview_metadata: true });
    expect(readFeatures(serverFeatures, { max_upload_size: 10485.76 })).toEqual({ max_upload_size: 10485.76 });
    expect(readFeatures(clientFeatures, { supports_takeover_close: false })).toEqual({
      supports_takeover_close: false,
    });
  });

  it('are none when there is no object, or only one that inherits them', () => {
    const inherited: unknown = Object.create({ assets: true });
    for (const told of [null, undefined, 'assets', 5, [], inherited]) {
      expect(readFeatures(serverFeatures, told)).toEqual({});
    }
  });

  it('arrive in a message that may hold others, too', () => {
    const decoded = decodeMessage('{"type":"feature_flags","data":{"assets":true,"extension":{"manager":{}}}}');
    expect(decoded.type).toBe('feature_flags');
    expect(decoded.type === 'feature_flags' && readFeatures(serverFeatures, decoded.data)).toEqual({
      assets: true,
      extension: { manager: {} },
    });
  });
});
