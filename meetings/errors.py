"""The errors of the domain, by name. Each message is a Japanese sentence for the person at the
screen: what happened, and what to do now. `web/errors.py` alone turns them into status and page."""


class GijidoError(Exception):
    """The base of all; `message` is shown as it stands."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(GijidoError):
    """The thing is absent or forbidden to this person: both look alike."""

    def __init__(self) -> None:
        super().__init__(
            "お探しのものは見つかりませんでした。"
            "削除されたか、閲覧の権限がない可能性があります。主催者にご確認ください。"
        )


class NoLongerPublished(GijidoError):
    """The minutes were public and have been withdrawn."""

    def __init__(self, day: str, whom: str) -> None:
        super().__init__(
            f"この会議録は、{day}に公開を取り下げました。いまは公開していません。"
            f"お問い合わせは、{whom}へお願いします。"
        )


class CheckClosed(GijidoError):
    """A speaker opens the check of their words after its date, or when it was ended."""

    def __init__(self, day: str, whom: str) -> None:
        super().__init__(
            f"この発言の確認は終わりました（締切は{day}）。会議録についてお伝えになりたいことは、"
            f"{whom}へお願いします。"
        )


class CheckOfSomebodyElse(GijidoError):
    """A check of other people's words."""

    def __init__(self) -> None:
        super().__init__(
            "この発言の確認は、別の方にお願いしたものです。ほかの方の発言は開けません。ご自身への"
            "お願いは「発言の確認」の画面に並んでいます。"
        )


class SignInRequired(GijidoError):
    def __init__(self) -> None:
        super().__init__("サインインしてください。入力中の内容はそのまま残ります。")


class OtherPersonSignedIn(GijidoError):
    """A page that one person opened asks while another is signed in on that terminal."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"この端末では、いま{name}さんがサインインしています。この画面はほかの人が開いたもの"
            "なので、ここからは何も送らず、読み込みません。入力した文はこの端末に残してあり、"
            "画面を開いた人がサインインし直すと自動で保存します。"
        )


class SignInRefused(GijidoError):
    def __init__(self) -> None:
        super().__init__(
            "利用者IDまたはパスワードが違います。もう一度入力してください。"
            "分からない場合は管理者にお問い合わせください。"
        )


class DirectoryUnreachable(GijidoError):
    """The city's directory does not answer, or not as it should; `reason` is for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            "職員のディレクトリーにつながらないため、いまは職員のパスワードを確かめられません。"
            "しばらく待って、もう一度お試しください。続くときは管理者に連絡してください。"
        )
        self.reason = reason


class SingleSignOnFailed(GijidoError):
    """The city's single sign-on does not answer, or what it says does not hold; `reason` is for the
    log."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            "職員アカウントでのサインインを終えられませんでした。もう一度「職員アカウントでサインイン」を"
            "押してください。続くときは管理者に連絡してください。"
        )
        self.reason = reason


class SingleSignOnUnreachable(SingleSignOnFailed):
    """The city's single sign-on does not answer."""


class NotAdmitted(GijidoError):
    """Somebody has proved who they are, and has no account here that is open to them."""

    def __init__(self, login: str) -> None:
        super().__init__(
            f"職員アカウント「{login[:100]}」は確認できましたが、議事堂を使える人として登録されて"
            "いません。使う必要があるときは、管理者に登録を頼んでください。"
        )


class WrongCode(GijidoError):
    """The code of a guest's pass was wrong."""

    def __init__(self) -> None:
        super().__init__("番号が違います。通知文の6桁の番号を入力してください。")


class TooManyTries(GijidoError):
    """Passwords or codes were wrong so often that one must wait `seconds`."""

    def __init__(self, seconds: int, message: str) -> None:
        super().__init__(message)
        self.seconds = seconds


class OutsideZone(GijidoError):
    """Somebody comes from a network from which they may not do this. `person_id`: whose; None for
    somebody unknown."""

    def __init__(self, what: str, person_id: int | None = None) -> None:
        super().__init__(
            f"この端末のネットワークからは使えません（{what}は、決められたネットワークからだけ使えます）。"
            "決められた場所の端末を使うか、管理者にお問い合わせください。"
        )
        self.person_id = person_id


class SecondFactorWrong(GijidoError):
    """The code of a second factor was wrong, or its passkey signed something else."""

    def __init__(self) -> None:
        super().__init__(
            "コードが違うか、もう使ったものです。認証アプリにいま出ている6桁か、使っていない回復コードを"
            "入力してください。"
        )


class SecondFactorNeeded(GijidoError):
    """A script signs in by a password alone for somebody who has a second factor."""

    def __init__(self) -> None:
        super().__init__(
            "この利用者は二要素認証を使っています。認証アプリのコードか回復コードを code に入れて"
            "送ってください。"
        )


class StepOver(GijidoError):
    """The step between two proofs took too long, or another began."""

    def __init__(self) -> None:
        super().__init__(
            "サインインの途中で時間がたちました。もう一度、初めからサインインしてください。"
        )


class SecondFactorMustBeSetUp(GijidoError):
    """A role of the person's demands a second factor, and they have none yet."""

    def __init__(self) -> None:
        super().__init__(
            "あなたの役割では二要素認証が必要です。先に「アカウント」の画面で認証アプリかパスキーを"
            "登録してください。"
        )


class ProofRequired(GijidoError):
    """Something that matters was asked for, and it is long since the person signed in."""

    def __init__(self) -> None:
        super().__init__(
            "大切な操作の前に、ご本人であることをもう一度確かめます。サインインし直してから、もう一度"
            "操作してください。"
        )


class InvalidInput(GijidoError):
    """A value that cannot be taken; `field` names the form field or JSON key."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class FileRejected(GijidoError):
    """A file that cannot be taken in: not what its name says, broken, empty, too large."""


class TooLarge(FileRejected):
    """The file or body is larger than a setting allows."""

    def __init__(self, limit_mb: int) -> None:
        super().__init__(
            f"ファイルが大きすぎます（上限 {limit_mb:,} MB）。"
            "分割するか、管理者に上限の変更を相談してください。"
        )


class VirusFound(FileRejected):
    """The city's scanner found something in the file."""

    def __init__(self, file_name: str, virus: str) -> None:
        super().__init__(
            f"「{file_name}」は受け付けませんでした。ウイルス検査で「{virus}」が見つかったためです。"
            "ファイルは開かずに隔離し、管理者に知らせました。この端末でもウイルス検査を行い、"
            "覚えのないファイルのときは情報担当に連絡してください。"
        )


class TooLargeToScan(GijidoError):
    """The scanner takes no file of that size."""

    def __init__(self) -> None:
        super().__init__(
            "ファイルが大きく、ウイルス検査ができないため受け付けられません。分割するか、管理者に"
            "検査できる大きさの変更（clamdのStreamMaxLength）を相談してください。"
        )


class ScannerSilent(GijidoError):
    """The city has a virus scanner, and it gives no verdict."""

    def __init__(self) -> None:
        super().__init__(
            "ウイルス検査が動いていないため、いまはファイルを受け付けられません。何も保存していま"
            "せん。管理者に連絡し、しばらくしてからもう一度送信してください。"
        )


class OutOfBounds(FileRejected):
    """Opening the file takes more time or memory than a file from outside may, or ends the program
    that opens it."""

    def __init__(self) -> None:
        super().__init__(
            "ファイルの中身が大きすぎるか壊れているため、決められた時間とメモリーの中で開けません"
            "でした。元のファイルから作り直すか、分割してからお試しください。"
        )


class NotUnderstood(GijidoError):
    """A sender's program speaks the protocol wrongly, or another one."""


class Busy(GijidoError):
    def __init__(self) -> None:
        super().__init__(
            "この録音はいま別の接続から送信中です。しばらく待つと、続きから送れるようになります。"
        )


class Crowded(GijidoError):
    """Others want the same at once, and there is no place left for a while."""

    def __init__(self) -> None:
        super().__init__(
            "いま同じ処理が混み合っています。しばらく待ってから、もう一度お試しください。"
        )


class ChecksumWrong(GijidoError):
    def __init__(self) -> None:
        super().__init__(
            "送信の途中で内容が変わってしまったため、この部分は受け取りませんでした。"
            "同じところからもう一度送ってください。"
        )


class NotPossibleNow(GijidoError):
    """The verb does not fit the state: approving what nobody asked to approve, for instance."""


class StaleRevision(GijidoError):
    """The thing was changed since it was read, by somebody else or in another window. Both texts
    are kept for the person to decide."""

    def __init__(
        self, mine: str, theirs: str, revision: int, changed_by: str = "", is_own: bool = False
    ) -> None:
        who = f"{changed_by}さんが" if changed_by else "ほかの人が"
        who = "あなたが別の画面で、" if is_own else who
        super().__init__(
            f"{who}先にこの内容を変更しました。両方の文を見比べて、残すほうを選んでください。"
        )
        self.mine = mine
        self.theirs = theirs
        self.revision = revision


class ChangedMeanwhile(GijidoError):
    """What something was made from has changed while it was being made."""

    def __init__(self) -> None:
        super().__init__(
            "準備しているあいだに、もとの内容が変わりました。何も保存していません。"
            "変更が落ち着いてから、もう一度お試しください。"
        )


class TryAgain(GijidoError):
    """Too many want the same at this moment; the same request may come again a little later."""

    def __init__(self) -> None:
        super().__init__(
            "いまサーバーが混み合っていて、この操作はまだ行われていません。"
            "数秒待ってから、もう一度お試しください。"
        )


class StorageFull(GijidoError):
    def __init__(self) -> None:
        super().__init__(
            "サーバーのディスクがいっぱいで保存できませんでした。これまでに保存したものは"
            "失われていません。管理者に連絡し、空きができてからもう一度お試しください。"
        )


RESTORE_OR_SEND_AGAIN = (
    "管理者に連絡してください。バックアップから戻すか、手元のファイルをもう一度登録すると直ります。"
)


class StoredFileLost(GijidoError):
    """A stored file cannot be handed out as it was taken in."""


class ContentDeleted(StoredFileLost):
    """It was deleted when the time for which it is kept was over."""


class StoredFileMissing(StoredFileLost):
    """The row is there, its file is not."""

    def __init__(self) -> None:
        super().__init__(f"保存したファイルがサーバーに見つかりません。{RESTORE_OR_SEND_AGAIN}")


class StoredFileDamaged(StoredFileLost):
    """The content is not what its name says: the disk has lost or changed something."""

    def __init__(self) -> None:
        super().__init__(
            "保存したファイルがサーバーのディスク上で壊れているため、お渡しできません。"
            f"{RESTORE_OR_SEND_AGAIN}"
        )


class ConfigurationError(GijidoError):
    """A setting that stops the start; the message names the file and the key."""


class StartRefused(GijidoError):
    """The data cannot be used as they lie there; nothing was changed."""


class BackupFailed(GijidoError):
    """A backup could not be made, read or brought back; what was there before is as it was."""
