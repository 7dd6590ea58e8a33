"""The face gallery of a care home."""

from collections.abc import Mapping

from edge.domain.visits.questions import Said

WORDS: Mapping[str, Said] = {
    "desk.tab.faces": Said("人脸库", "Faces"),
    "desk.faces": Said("人脸库", "Face gallery"),
    "desk.faces.say": Said(
        "只在这台机器里，加密存放。不愿意的照常照护，随时可以撤回。",
        "On this machine only, encrypted. Who does not want it is cared for as ever, and may take it back at any time.",
    ),
    "desk.faces.who_is_this": Said("这是谁？", "Who is this?"),
    "desk.faces.who_is_this.say": Said(
        "给说不清自己是谁的老人用。请老人看摄像头，机器只列出可能的人，由您确认。",
        "For a resident who cannot say who they are. The machine only names who it may be; you say who it is.",
    ),
    "desk.faces.look": Said("看摄像头，找一找", "Look into the camera and search"),
    "desk.faces.no_camera": Said("这里没有接摄像头，只能看名单和撤回。", "No camera here: only list and taking back."),
    "desk.faces.maybe": Said("可能是", "It may be"),
    "desk.faces.nobody": Said("没有找到相像的人，请用别的办法核对。", "Nobody alike. Please check another way."),
    "desk.faces.alike": Said("相像 {score}", "Alike {score}"),
    "desk.faces.it_is": Said("就是这位", "It is this one"),
    "desk.faces.none": Said("都不是", "None of them"),
    "desk.faces.is": Said("已确认：{name}", "Confirmed: {name}"),
    "desk.faces.none_of_them": Said("已记下：都不是", "Noted: none of them"),
    "desk.faces.add": Said("登记同意", "Record an agreement"),
    "desk.faces.text": Said(
        "请读给本人或监护人听：为了在您说不清自己是谁时认出您，我们想存一份面部特征。只在院里这台机器里，加密存放，"
        "不上传，不作别的用。可以不同意，也可以随时撤回，撤回马上删除。",
        "Please read aloud: so that we know you when you cannot say who you are, we would like to keep a face "
        "template. It stays encrypted on this machine, is sent nowhere and used for nothing else. You may decline, and "
        "take it back at any time; then it is deleted at once.",
    ),
    "desk.faces.who": Said("哪一类", "Who"),
    "desk.faces.who.resident": Said("入住老人", "Resident"),
    "desk.faces.who.staff": Said("工作人员", "Staff"),
    "desk.faces.name": Said("怎么称呼（和房间）", "Name (and room)"),
    "desk.faces.number": Said("身份证号码（不保存）", "Identity number (not kept)"),
    "desk.faces.basis": Said("谁同意的", "Who agreed"),
    "desk.faces.basis.consent": Said("本人同意", "The person"),
    "desk.faces.basis.guardian": Said("监护人决定", "A guardian"),
    "desk.faces.basis.contract": Said("合同", "A contract"),
    "desk.faces.given_by": Said("监护人姓名和关系", "The guardian's name and relation"),
    "desk.faces.why": Said("为什么由监护人决定", "Why the guardian decides"),
    "desk.faces.agree": Said("已经读过，记下同意", "It was read: record the agreement"),
    "desk.faces.agreed": Said("已记下 {name} 的同意，现在可以采集", "{name} has agreed. The face can be captured now"),
    "desk.faces.list": Said("名单", "Those kept"),
    "desk.faces.since": Said("同意日期", "Agreed on"),
    "desk.faces.by": Said("登记人", "Recorded by"),
    "desk.faces.kept": Said("已采集", "Captured"),
    "desk.faces.not_kept": Said("未采集", "Not captured"),
    "desk.faces.capture": Said("看摄像头，采集", "Look into the camera and capture"),
    "desk.faces.enrolled": Said("已采集：{name}", "Captured: {name}"),
    "desk.faces.withdraw": Said("撤回并删除", "Take back and delete"),
    "desk.faces.gone": Said("已撤回，删除了 {count} 份面部特征", "Taken back. Templates deleted: {count}"),
    "desk.faces.empty": Said("名单上还没有人", "Nobody is kept yet"),
    "desk.faces.shut": Said("人脸库现在打不开，请找技术员。", "It cannot be opened now. Please call a technician."),
    "desk.why.agreed": Said("请选哪一类、谁同意的，并写称呼", "Please choose who and who agreed, and write the name"),
    "desk.why.guardian": Said("请写监护人姓名和关系", "Please write the guardian's name and relation"),
    "desk.why.no_grant": Said("没有记下这份同意，或已经撤回", "No such agreement is recorded, or it was taken back"),
    "desk.why.no_camera": Said("摄像头现在不能用，请用别的办法核对", "The camera does not work. Check another way"),
    "desk.why.camera_busy": Said("摄像头正在用，请等一下", "The camera is in use. Please wait a moment"),
    "desk.why.no_search": Said("请再找一次", "Please search once more"),
}  # fmt: skip
