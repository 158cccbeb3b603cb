/** What becomes of a node's values: the numbers that assembly/columns/node.as knows. */
export const opNull = 0;
export const opInt64 = 1;
export const opWhole = 2;
export const opDouble = 3;
export const opReal = 4;
export const opFloat = 5;
export const opBoolean = 6;
export const opBytes = 7;
export const opCheckedBytes = 8;
export const opTimes = 9;
export const opDivided = 10;
export const opInstant = 11;
export const opTwoParts = 12;
export const opDecimal = 13;
export const opList = 14;
export const opMap = 15;
export const opStruct = 16;
export const opVector = 17;
export const opIndex = 18;

/** Layouts of numbers; those of 1, 2, 4 and 8 bytes follow one another. See assembly/columns/numbers.as. */
export const int32Layout = 2;
export const int64Layout = 3;
export const unsignedLayout = 4;
export const floatLayout = 8;
export const float64Layout = 10;
/** Plus how many bytes: integers that only decimals are made of. */
export const wideLayout = 16;

/** What checked bytes are checked for. */
export const checkDecimal = 1;
export const checkCharacters = 2;

/** Digits after the point that there is room for. */
export const largestScale = 76;

export const nodeBytes = 96;
