/** One of a list, or several. */
import type { ChoiceWidget } from '../catalogue/types.ts';
import { filterChoices, isChoice, useChoices } from './choices.ts';
import type { Choice } from './choices.ts';
import { PickList } from './pick-list.tsx';
import { usePopover } from './popover.ts';
import { useWidgetStrings } from './widget-strings.ts';
import { problemAttributes } from './widget-props.ts';
import type { WidgetProps } from './widget-props.ts';

/** From so many on, a list is searched. */
const WORTH_SEARCHING = 8;

export function ChoiceField(
  props: WidgetProps<Pick<ChoiceWidget, 'choices' | 'remote' | 'isMultiple' | 'default'>>,
): React.JSX.Element {
  const { definition, label, onChange } = props;
  const strings = useWidgetStrings();
  const popover = usePopover();
  const { all, hasFailed, load } = useChoices(definition, popover.isOpen);
  const chosen = chosenOf(props.value ?? definition.default);
  const shown =
    definition.isMultiple && chosen.length > 1 ? strings.chosen(chosen.length) : chosen.map(String).join(', ');
  const isOffered = chosen.every((one) => all.includes(one)) || all.length === 0;

  const pick = (key: string): void => {
    const choice = all[Number(key)];
    if (choice === undefined) return;
    if (!definition.isMultiple) {
      onChange(choice);
      popover.close();
    } else onChange(chosen.includes(choice) ? chosen.filter((one) => one !== choice) : [...chosen, choice]);
  };

  return (
    <>
      <button
        type="button"
        className="widget-choice nodrag nopan"
        aria-haspopup="listbox"
        aria-expanded={popover.isOpen}
        aria-label={`${label}: ${shown || strings.nothingChosen}`}
        {...problemAttributes(props)}
        data-missing={!isOffered || undefined}
        title={isOffered ? shown : `${shown}: ${strings.notOffered}`}
        onClick={(event) => popover.open(event.currentTarget.getBoundingClientRect())}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          event.stopPropagation();
          popover.open(event.currentTarget.getBoundingClientRect());
        }}
      >
        <span>{shown || strings.nothingChosen}</span>
      </button>
      <div ref={popover.ref} className="popover" {...popover.attributes}>
        {popover.isOpen && (
          <PickList
            label={strings.searchChoices}
            none={hasFailed ? strings.choicesFailed : strings.noChoice}
            isMultiple={definition.isMultiple}
            hasSearch={all.length >= WORTH_SEARCHING}
            find={(query) =>
              filterChoices(all, query).map((choice) => ({
                key: String(all.indexOf(choice)),
                label: String(choice),
                isChosen: chosen.includes(choice),
              }))
            }
            onPick={pick}
          >
            {definition.remote && (
              <button type="button" className="pick-refresh" onClick={load}>
                {strings.refreshChoices}
              </button>
            )}
          </PickList>
        )}
      </div>
    </>
  );
}

function chosenOf(value: unknown): readonly Choice[] {
  if (Array.isArray(value)) return value.filter(isChoice);
  return isChoice(value) ? [value] : [];
}
