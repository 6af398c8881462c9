package io.scenerank.data.synthetic;

/**
 * A user. The arrays are shared and never changed.
 *
 * @param id in [0, 1000)
 * @param group taste group, in [0, 8)
 * @param latents activity, sociability, tenure: mean 0, variance 1 each
 * @param favourite scenario that the user visits most
 * @param features ids of the columns {@link Users#COLUMNS}
 */
record User(int id, int group, double[] latents, int favourite, int[] features) {}
