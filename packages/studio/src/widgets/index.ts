/** Widgets: how inputs are set by hand. `<Widget definition={...} />` inside of a `<WidgetServicesProvider>`. */
export { PickList } from './pick-list.tsx';
export type { PickItem, PickListProps } from './pick-list.tsx';
export { Widget } from './widget.tsx';
export type { WidgetViewProps } from './widget.tsx';
export { WidgetServicesProvider } from './widget-services.ts';
export type { WidgetServices } from './widget-services.ts';
