/**
 * Logit gaps below this are a near tie: the two likeliest tokens lie closer than the rounding of
 * differently sized batches can shift them on quantised weights.
 */
export const nearTieGap = 0.5;
