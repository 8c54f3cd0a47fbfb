import { describe, expect, it } from 'vitest';
import { parseSegments, textOf } from './snippet.ts';

const plain = (text: string) => ({ text, match: false });
const match = (text: string) => ({ text, match: true });

describe('parseSegments', () => {
  it('gives the text in order, matches apart', () => {
    expect(parseSegments('a \u0001red\u0002 and \u0001old\u0002 fox')).toEqual([
      plain('a '),
      match('red'),
      plain(' and '),
      match('old'),
      plain(' fox'),
    ]);
  });

  it('has no empty segments', () => {
    expect(parseSegments('\u0001red\u0002\u0001old\u0002')).toEqual([match('red'), match('old')]);
    expect(parseSegments('')).toEqual([]);
  });

  it('takes a match that is cut off to the end of the text', () => {
    expect(parseSegments('a \u0001red')).toEqual([plain('a '), match('red')]);
  });

  it('leaves markup what it is: text', () => {
    expect(parseSegments('<b>\u0001<script>\u0002')).toEqual([plain('<b>'), match('<script>')]);
  });

  it('gives back the text that was marked', () => {
    expect(textOf(parseSegments('a \u0001red\u0002 fox'))).toBe('a red fox');
  });
});
