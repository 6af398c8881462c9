/** What the workflow says in words: errors, values without a vocabulary entry, clusters. */
@NullMarked
package io.scenerank.run.text;

import org.jspecify.annotations.NullMarked;
