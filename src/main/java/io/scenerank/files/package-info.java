/** Files and folders that appear whole or not at all, and locks on them. */
package io.scenerank.files;
