/** What widgets say. */
import type { Said } from './language.tsx';

const en = {
  searchChoices: 'Search',
  noChoice: 'Nothing matches',
  nothingChosen: 'Nothing chosen',
  chosen: (count: number) => `${count} chosen`,
  notOffered: 'not offered any more',
  choicesFailed: 'The list cannot be loaded',
  refreshChoices: 'Load the list again',
  newSeed: 'Draw a new seed',
  seedControl: 'After each run',
  seedControls: {
    fixed: 'Keep',
    randomize: 'Draw anew',
    increment: 'Count up',
    'increment-wrap': 'Count up, then begin again',
    decrement: 'Count down',
  },
  chooseFile: 'Choose a file',
  dropHere: 'Drop a picture here, or paste one',
  uploading: (share: number) => `Sending ${Math.round(share * 100)} %`,
  uploadFailed: (reason: string) => `Not sent: ${reason}`,
  paintMask: 'Paint a mask',
  mask: {
    title: 'Paint a mask',
    explain: 'What you paint becomes transparent: the mask of this picture.',
    brush: 'Brush',
    eraser: 'Eraser',
    size: 'Size of the brush',
    softness: 'Softness',
    clear: 'Clear',
    invert: 'Invert',
    undo: 'Undo',
    save: 'Save',
    cancel: 'Cancel',
    saving: 'Saving',
    canvas: 'Picture to paint on. Arrow keys move the brush, Space paints.',
  },
} as const;

export type WidgetStrings = Said<typeof en>;

const zh: WidgetStrings = {
  searchChoices: '搜索',
  noChoice: '没有匹配项',
  nothingChosen: '未选择',
  chosen: (count) => `已选 ${count} 项`,
  notOffered: '已不再提供',
  choicesFailed: '无法加载列表',
  refreshChoices: '重新加载列表',
  newSeed: '换一个种子',
  seedControl: '每次运行后',
  seedControls: {
    fixed: '保持不变',
    randomize: '随机',
    increment: '递增',
    'increment-wrap': '递增并循环',
    decrement: '递减',
  },
  chooseFile: '选择文件',
  dropHere: '把图片拖到这里，或直接粘贴',
  uploading: (share) => `正在上传 ${Math.round(share * 100)}%`,
  uploadFailed: (reason) => `上传失败：${reason}`,
  paintMask: '绘制遮罩',
  mask: {
    title: '绘制遮罩',
    explain: '涂抹的区域会变为透明，成为这张图片的遮罩。',
    brush: '画笔',
    eraser: '橡皮',
    size: '画笔大小',
    softness: '柔和度',
    clear: '清除',
    invert: '反转',
    undo: '撤销',
    save: '保存',
    cancel: '取消',
    saving: '正在保存',
    canvas: '可绘制的图片。方向键移动画笔，空格键绘制。',
  },
};

export const widgetStrings = { en, zh };
