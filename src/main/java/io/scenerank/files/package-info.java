/** Files and folders that appear whole or not at all, and locks on them. */
@NullMarked
package io.scenerank.files;

import org.jspecify.annotations.NullMarked;
