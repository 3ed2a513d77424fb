/**
 * The words that stand around a day, by language.
 *
 * @typedef {object} Around
 * @property {RegExp} before what is part of a due date, at the end of what stands before the day: "by", "el próximo"
 * @property {RegExp} behind the same at the beginning of what follows: "que viene"
 * @property {RegExp} veto what makes a day something else, at the end of what stands before: "notes from", "hablar con"
 *
 * @typedef {{before: string, veto: string, coming?: string, behind?: string}} Words `coming`: between `before` and the day
 */

/** @type {Record<string, Words>} */
const WORDS = {
  en: { before: "by|on|until|till|before|due(?: on| by)?", veto: "from|since|of|after|last|past|previous|with" },
  de: { before: "bis(?: zum)?|am|vor", coming: "kommenden", veto: "mit|von|vom|seit|nach" },
  es: {
    before: "para(?: el)?|antes del|hasta(?: el)?|el",
    behind: "pr[óo]ximo|que viene",
    veto: "con|de|del|desde|pasado",
  },
  fr: { before: "pour(?: le)?|avant(?: le)?|le", behind: "qui vient", veto: "avec|de|du|depuis|après" },
  it: { before: "entro(?: il)?|per(?: il)?|prima di|il", veto: "con|di|del|da|dal|dopo" },
  nl: { before: "voor|op|uiterlijk", coming: "aanstaande|komende", behind: "aanstaande", veto: "met|van|vanaf|sinds|na" },
  pt: {
    before: "para(?: a| o)?|até(?: a| o)?|antes de|na|no",
    coming: "pr[óo]xim[ao]",
    behind: "pr[óo]xim[ao]|que vem",
    veto: "com|de|do|da|desde|após",
  },
};

const NEVER = "(?!)";

/**
 * @param {string} language of what understands the day
 * @param {string} own the reader's language: its vetoes hold for English days too
 * @returns {Around}
 */
export function wordsAround(language, own) {
  const { before, coming = NEVER, behind = NEVER } = /** @type {Words} */ (WORDS[language]);
  const veto = new Set([language, own].flatMap((one) => WORDS[one]?.veto ?? []));
  return {
    before: atEnd(`(?:${before})(?:\\s+(?:${coming}))?|${coming}`),
    behind: new RegExp(`^\\s+(?:${behind})(?![\\p{L}\\p{N}])`, "iu"),
    veto: atEnd([...veto].join("|")),
  };
}

/** @param {string} words */
function atEnd(words) {
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${words})\\s+$`, "iu");
}
