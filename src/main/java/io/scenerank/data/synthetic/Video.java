package io.scenerank.data.synthetic;

/**
 * A video. The arrays are shared and never changed.
 *
 * @param id in [1, 100000); 0 is the padding of histories
 * @param author id of its author
 * @param tag level of its tag, from 0; the column's id is one more
 * @param latents quality, popularity, controversy, length: about mean 0 and variance 1 each
 * @param features ids of the columns {@link Catalogue#COLUMNS}
 */
record Video(int id, int author, int tag, double[] latents, int[] features) {}
