/** What makes a record of delimited text unreadable. */
export type TextFault =
  | "unterminated-quote"
  | "text-after-quote"
  | "quote-in-field"
  | "bare-carriage-return"
  | "bare-line-feed";

/** The same in words. */
export const faultTexts: Readonly<Record<TextFault, string>> = {
  "unterminated-quote": "the quote that opens here is never closed; the text may have been cut off",
  "text-after-quote": "text follows a closing quote",
  "quote-in-field": "a quote stands inside a field that does not begin with one",
  "bare-carriage-return": "a carriage return (CR) without a line feed (LF) stands outside quotes",
  "bare-line-feed": "a line feed (LF) stands outside quotes where records end with CR",
};
