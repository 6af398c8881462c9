package io.scenerank.feature;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.Multimaps;

/**
 * The groups that {@code prepare} gives to a column whose description names none, by what the
 * column is: those that a model reads, or several models together. Immutable.
 */
public final class DefaultGroups {
  /** No groups. */
  public static final DefaultGroups NONE = new DefaultGroups(ImmutableSetMultimap.of());

  private final ImmutableSetMultimap<Role, String> groups;

  /** What a column is. */
  public enum Role {
    /** The column that tells the scenarios apart. */
    SCENARIO,
    /** The ids of the users. */
    USER,
    /** The ids of the items, where a guess finds them. */
    ITEM,
    /** Any other column of single ids. */
    SPARSE,
    /** Sequences and numbers. */
    OTHER
  }

  private DefaultGroups(ImmutableSetMultimap<Role, String> groups) {
    this.groups = groups;
  }

  /** These groups and one more for columns of these roles. */
  public DefaultGroups with(String group, Role... roles) {
    ImmutableSetMultimap.Builder<Role, String> all = builder();
    for (Role role : roles) {
      all.put(role, group);
    }
    return new DefaultGroups(all.build());
  }

  /** The groups of both; those of this one come first. */
  public DefaultGroups with(DefaultGroups others) {
    return new DefaultGroups(builder().putAll(others.groups).build());
  }

  /** The same, with a group after all others where a column has it. */
  public DefaultGroups last(String group) {
    return new DefaultGroups(
        ImmutableSetMultimap.<Role, String>builder()
            .putAll(Multimaps.filterValues(groups, other -> !other.equals(group)))
            .putAll(Multimaps.filterValues(groups, group::equals))
            .build());
  }

  private ImmutableSetMultimap.Builder<Role, String> builder() {
    return ImmutableSetMultimap.<Role, String>builder().putAll(groups);
  }

  /** The groups of a column, in order. */
  public ImmutableList<String> of(Role role) {
    return groups.get(role).asList();
  }
}
