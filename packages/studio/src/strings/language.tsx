/** The language of the page. A table of strings is `{ en, zh }`; each part of the page has its own. */
import { createContext, useContext } from 'react';

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The same keys in another language: texts for texts, functions for functions. */
export type Said<Text> = {
  readonly [Key in keyof Text]: Text[Key] extends string
    ? string
    : Text[Key] extends (...facts: infer Facts) => string
      ? (...facts: Facts) => string
      : Said<Text[Key]>;
};

/** @param wishes languages in order of preference, as browsers tell them: `zh-CN` */
export function chooseLanguage(choice: Language | 'system', wishes: readonly string[]): Language {
  if (choice !== 'system') return choice;
  for (const wish of wishes) {
    const found = LANGUAGES.find((language) => wish.toLowerCase().startsWith(language));
    if (found) return found;
  }
  return 'en';
}

const Chosen = createContext<Language>('en');
export const LanguageProvider = Chosen.Provider;

export const useLanguage = (): Language => useContext(Chosen);

/** The table in the language of the page. */
export function useStrings<Table>(tables: { readonly en: Table; readonly zh: Table }): Table {
  return tables[useContext(Chosen)];
}
