/** What a worker and a parameter server do. */
@NullMarked
package io.scenerank.cluster.worker;

import org.jspecify.annotations.NullMarked;
